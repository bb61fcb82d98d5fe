"""What is wrong, repeated or unusual: from the algorithms on arrays in ``curate/`` to findings on items."""
