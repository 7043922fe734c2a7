"""The arithmetic as operators on words, for people to read and synthesis tools to recognise."""
