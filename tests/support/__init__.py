"""Worlds, servers, second opinions and referees that tests share."""
