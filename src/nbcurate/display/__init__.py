"""What results look like as static HTML: pictures, bars and words that a notebook keeps, with no kernel and no script.

A result makes a :class:`.page.Page` of what it holds. GitHub drops styles and scripts, so what is said is said by text,
tables and pictures; styles only make it neat. Colours are those of the text around, for a light and a dark ground.
"""
