"""What runs in the container of the job-keeper: standard library only, so that any Python image does."""
