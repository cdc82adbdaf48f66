"""Stand-ins for ARENA's clients, a broker in memory, and the recorded exchanges: for unit and end-to-end tests."""
