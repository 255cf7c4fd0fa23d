const asStated = (facts) => Object.entries(facts).map(([fact, value]) => statedClaim(fact, value));

function statedClaim(fact, value) {
  const known = FACTS.find((entry) => entry.id === fact).values;
  for (const entry of known) {
    const despite = entry.despite.find(({ name }) => name === value);
    if (despite) return { fact, value: entry.id, source: `--${fact}`, rank: STATED, despite: despite.evidence };
  }
  return { fact, value, source: `--${fact}`, rank: STATED, despite: null };
}

window.sightline = { check: (response, request, stated) => check(response, request, asStated(stated)), contextOf, explanationOf, DATA };
