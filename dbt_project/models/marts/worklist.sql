{{ exceptions_with_their_lives(before=['work_rank', 'client_rank', 'title']) }}
where exceptions.status = 'open'
