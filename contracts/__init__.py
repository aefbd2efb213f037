"""The public events of the claim log, one module per speaking service; everything else depends on these."""
