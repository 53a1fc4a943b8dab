-- Attempts to sign up live in the security layer's store now, as everything does that waits for a
-- mail to be answered.
DROP TABLE registrations;
