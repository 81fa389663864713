"""The second cloud: a bucket for the copy, and an identity that can add to it but neither delete nor unlock."""
