// The form that carries a token on, without waiting for a click.
document.getElementById("hand-over").submit();
