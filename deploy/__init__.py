"""Starting and stopping what Claimlog runs on: a broker, a database, and the services as processes."""
