/**
 * The report's style. Colours come in pairs, for light and dark, each with a contrast of 4.5 or more on its background:
 * https://www.w3.org/TR/WCAG22/#contrast-minimum
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f5; --card: #ffffff; --ink: #1b2226; --soft: #4d5860; --line: #cfd6d9; --link: #0a5680;
  --good: #17613a; --good-card: #edf6f0; --warn: #7a4700; --warn-card: #fcf4e3; --bad: #9c1c1c; --bad-card: #fcefee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12171a; --card: #1a2125; --ink: #e5eaec; --soft: #a9b4ba; --line: #3a454c; --link: #86c5f0;
    --good: #86d6a9; --good-card: #16291f; --warn: #f1bd6b; --warn-card: #2b2314; --bad: #ff9f97; --bad-card: #331c1b;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 0 1rem 3rem; max-width: 70rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Open Sans', sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, h4 { line-height: 1.25; margin: 0; font-weight: 650; }
h1 { font-size: 1.7rem; letter-spacing: -0.01em; }
h2 { font-size: 1.3rem; margin-bottom: 0.75rem; }
h3 { font-size: 1.02rem; margin-top: 1.25rem; }
h4 { font-size: 1rem; margin-top: 1rem; }
p, ul, ol, dl, figure { margin: 0.5rem 0; }
ul, ol { padding-left: 1.8rem; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
code, pre { font: 0.86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
pre {
  margin: 0.5rem 0; padding: 0.75rem; max-height: 24rem; overflow: auto; white-space: pre-wrap;
  background: var(--page); border: 1px solid var(--line); border-radius: 6px;
}
.muted, .since, figcaption, footer { color: var(--soft); font-size: 0.9rem; }
.skip { position: absolute; left: -100vw; padding: 0.6rem 1rem; background: var(--card); z-index: 1; }
.skip:focus { left: 1rem; top: 0.5rem; }
header { padding: 2.25rem 0 1rem; }
.brand { margin: 0 0 0.35rem; color: var(--soft); font-size: 0.9rem; letter-spacing: 0.02em; }
nav ol { display: flex; flex-wrap: wrap; gap: 0.15rem 1.1rem; margin: 0 0 1.25rem; padding: 0; list-style: none; font-size: 0.93rem; }
nav a { display: inline-block; padding: 0.25rem 0; }
section { margin: 0 0 1.25rem; padding: 1.25rem 1.4rem 1.4rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.alarm { padding: 0.9rem 1.1rem; margin: 0 0 1.25rem; background: var(--bad-card); border: 2px solid var(--bad); border-radius: 10px; }
.alarm.caution { background: var(--warn-card); border-color: var(--warn); } .alarm.caution .badge { font-size: 1.15rem; }

.badge { display: inline-block; font-weight: 650; color: var(--soft); }
.badge.good { color: var(--good); } .badge.warn { color: var(--warn); } .badge.bad { color: var(--bad); }
.badge .sign { display: inline-block; min-width: 1em; text-align: center; font-weight: 800; }

.answers { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.9rem; }
.answer { padding: 0.9rem 1rem; border: 1px solid var(--line); border-left: 5px solid var(--soft); border-radius: 8px; }
.answer.good { border-left-color: var(--good); } .answer.warn { border-left-color: var(--warn); } .answer.bad { border-left-color: var(--bad); }
.answer h3 { margin: 0; font-size: 0.9rem; font-weight: 500; color: var(--soft); }
.answer p { margin: 0.3rem 0 0; font-size: 0.93rem; }
.answer .word { font-size: 1.15rem; }
.answer:first-child { grid-column: 1 / -1; padding: 1.1rem 1.25rem; }
.answer:first-child.good { background: var(--good-card); } .answer:first-child.warn { background: var(--warn-card); } .answer:first-child.bad { background: var(--bad-card); }
.answer:first-child .word { font-size: 1.65rem; line-height: 1.25; }
.answer:first-child p { font-size: 1rem; }

figure { margin: 1rem 0; }
svg.path { display: block; width: 100%; height: auto; }
svg.tall { display: none; max-width: 20rem; }
svg text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Open Sans', sans-serif; fill: var(--ink); }
svg .name { font-size: 11.7px; font-weight: 650; }
svg .note { font-size: 11.2px; fill: var(--soft); }
svg .sign { font-size: 14px; font-weight: 800; }
svg rect { fill: var(--card); stroke: var(--line); stroke-width: 1.25; }
svg .frame { fill: var(--page); stroke: none; }
svg .passed rect { stroke: var(--good); stroke-width: 2.25; } svg .passed .sign { fill: var(--good); }
svg .failed rect { stroke: var(--bad); stroke-width: 2.25; fill: var(--bad-card); } svg .failed .sign { fill: var(--bad); }
svg .waiting rect { stroke: var(--warn); stroke-width: 2.25; fill: var(--warn-card); } svg .waiting .sign { fill: var(--warn); }
svg .skipped rect { stroke-dasharray: 4 4; } svg .skipped .name { font-weight: 450; fill: var(--soft); }
svg .edge { fill: none; stroke: var(--line); stroke-width: 1.5; stroke-dasharray: 3 4; }
svg .edge.on { stroke: var(--ink); stroke-width: 2.5; stroke-dasharray: none; }
svg .arrow.on path { fill: var(--ink); } svg .arrow.off path { fill: var(--line); }
figcaption { margin-top: 0.6rem; } .key { display: inline-block; margin-right: 1rem; }

.timeline { list-style: none; padding: 0; }
.event { display: grid; grid-template-columns: 11.5rem 1fr; gap: 0 1.25rem; padding: 0.55rem 0 0.45rem 0.9rem; border-left: 3px solid var(--line); }
.event + .event { border-top: 1px solid var(--line); }
.event.key { border-left-color: var(--good); } .event.against { border-left-color: var(--bad); }
.event h3 { margin: 0; font-size: 1rem; } .event p { margin: 0.15rem 0; }
.event .seq { display: inline-block; min-width: 1.4em; color: var(--soft); font-weight: 500; }
.event .when { font-variant-numeric: tabular-nums; font-size: 0.9rem; } .event .since { display: block; }
.event:target { background: var(--page); }

details { margin: 0.25rem 0; }
summary { display: inline-block; padding: 0.2rem 0; color: var(--link); cursor: pointer; font-size: 0.93rem; }
summary::before { content: '+'; display: inline-block; width: 1.1em; font-weight: 700; }
details[open] > summary::before { content: '−'; }
summary::-webkit-details-marker { display: none; }

.facts > div { display: grid; grid-template-columns: 11.5rem 1fr; gap: 0 1.25rem; padding: 0.3rem 0; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
.scroll { overflow-x: auto; margin: 0.75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.35rem; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.9rem 0.45rem 0; border-top: 1px solid var(--line); min-width: 6.5rem; overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; } tbody th { font-weight: 500; }

.grants, .controls { list-style: none; padding: 0; }
.grant, .control { display: grid; grid-template-columns: 8rem 1fr; gap: 0 1.25rem; padding: 0.8rem 0; border-top: 1px solid var(--line); }
.grant > div, .control > div, .event > div { min-width: 0; }
.grant h4, .control h3 { margin: 0; } .grant .kind, .control .status { margin: 0; color: var(--soft); font-size: 0.9rem; }
.grant.other .kind { color: var(--bad); font-weight: 650; }
.control .title { font-weight: 450; } .cited { font-size: 0.92rem; }
.reach { display: block; }
.whole { overflow-wrap: normal; }
.cards { display: grid; gap: 0.9rem; }
.card { padding: 0.9rem 1rem; border: 1px solid var(--line); border-radius: 8px; } .card h4 { margin: 0; }
footer { margin-top: 2rem; }

@media screen and (max-width: 44rem) {
  section { padding: 1rem; border-radius: 8px; }
  h1 { font-size: 1.3rem; }
  .answers, .event, .grant, .control, .facts > div { grid-template-columns: minmax(0, 1fr); }
  .event .since { display: inline; }
  svg.wide { display: none; } svg.tall { display: block; margin: 0 auto; }
  .scroll table { min-width: 34rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media (forced-colors: active) { .answer, .event, section { border-color: CanvasText; } svg .edge.on { stroke: CanvasText; } }
@media print {
  @page { size: A4; margin: 16mm 14mm; }
  :root {
    --page: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --link: #000000;
    --good: #0d5230; --good-card: #ffffff; --warn: #6b3e00; --warn-card: #ffffff; --bad: #8f1414; --bad-card: #ffffff;
  }
  html { font-size: 9pt; }
  body { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  header { padding: 0 0 0.5rem; }
  section { border: 0; padding: 0; border-radius: 0; margin-bottom: 1.5rem; }
  h2, h3, h4, summary, caption, .kind, .status { break-after: avoid; }
  .event > div > *, .answer, .card, .grant, tr, figure, .facts > div { break-inside: avoid; }
  pre, .scroll { max-height: none; overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary::before { content: ''; width: 0; }
  pre { font-size: 7pt; padding: 0.4rem; }
  h1 { font-size: 1.6rem; }
  a { text-decoration: none; }
}
`;
