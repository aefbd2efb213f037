"""The loops that a 270 and its 271 share: source, receiver, subscriber, dependent, and what is asked or answered of them."""
