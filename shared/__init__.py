"""The kernel: how a service hears the log, decides and says. It knows how, never what."""
