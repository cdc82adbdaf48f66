"""What came of a run: figures, tables, plots and pages."""
