"""REST under `/v1`: what a controller is asked over HTTP. `service` is what a controller has to do for it."""
