// removed when the room has its first source
