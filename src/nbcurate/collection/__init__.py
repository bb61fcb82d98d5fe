"""The items of a store: what they are called, what is known of them, their vectors; and what is asked of them."""
