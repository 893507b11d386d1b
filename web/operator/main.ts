document.querySelector('main')?.append('The operator’s page.');
