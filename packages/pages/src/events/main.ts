document.title = 'Events – clnrest';
