"""What the controller keeps, on disk or in a server: one interface, several stores."""
