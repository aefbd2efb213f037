"""One module per group of rows; every module here is read."""
