"""What a scenario says, how it is read from TOML, and those that come with the package."""
