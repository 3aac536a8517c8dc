// What others do, and who is here.
