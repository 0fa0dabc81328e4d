{{ exceptions_with_their_lives() }}
