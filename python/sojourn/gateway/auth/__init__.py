"""Who may ask for what: tokens, what they allow, and where their hashes are kept."""
