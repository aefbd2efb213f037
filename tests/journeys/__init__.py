"""Whole lives of claims on a real Kafka, a real PostgreSQL and all services."""
