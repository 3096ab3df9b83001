"""Writes the files of a new module: `make new-module NAME=sqs_queue`."""
