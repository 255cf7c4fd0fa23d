// What scrolls can be reached by the keyboard, and the search's dialog has a name.
function prepare() {
  for (const each of document.querySelectorAll(".md-typeset pre > code, .md-typeset__scrollwrap")) each.tabIndex = 0;
  document.querySelector('.md-search[role="dialog"]')?.setAttribute("aria-label", "Search");
  document.getElementById("__search")?.setAttribute("aria-label", "Show the search");
}
prepare();
// The theme wraps tables after it has loaded.
new MutationObserver(prepare).observe(document.body, { childList: true, subtree: true });
