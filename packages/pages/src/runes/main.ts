document.title = 'Runes – clnrest';
