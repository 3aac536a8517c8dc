// What is laid aside.
