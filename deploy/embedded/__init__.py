"""A real Apache Kafka from jars and a real PostgreSQL from a wheel, under our own supervision."""
