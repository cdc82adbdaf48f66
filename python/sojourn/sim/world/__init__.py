"""The modelled world: nodes, links, energy, mobility, load and failures, all from one seed."""
