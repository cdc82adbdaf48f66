"""The dashboard: the page in `page/`, as it is served. What it shows comes by `/v1`, like everybody's."""
