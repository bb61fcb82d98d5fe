"""What each kind of finding shows of itself in a notebook: pages of pictures and words, a file a kind."""
