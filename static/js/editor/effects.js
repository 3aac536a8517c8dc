// What a run can do at most, live.
