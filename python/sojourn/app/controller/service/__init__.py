"""What REST asks of the controller: a file for each kind of thing, put together in `service`."""
