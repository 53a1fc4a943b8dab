-- What is searched: the text without its formatting. What was written before has none.
ALTER TABLE articles ADD COLUMN body_text TEXT NOT NULL DEFAULT '';
UPDATE articles SET body_text = body_html;
