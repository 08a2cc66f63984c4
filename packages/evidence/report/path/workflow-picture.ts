import { visible } from '../../display/visible.ts';
import { cut, html, shown, type Html } from '../html.ts';
import type { Step, StepState, WorkflowPath } from './path.ts';

/** The positions in a picture, in its own units. */
interface Layout {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly box: { readonly width: number; readonly height: number };
  /** The corner of a box of the front, or of the tail. */
  readonly front: (index: number) => Point;
  readonly tail: (index: number) => Point;
  /** From the last box of the front to the first box of the tail. */
  readonly exit: (index: number) => string;
  /** From RunWork back to IssueIdentity. */
  readonly loop: string;
  readonly loopLabel: Point;
  readonly frame: Point & { readonly width: number; readonly height: number };
  /** From one box to the next, in the front and in the tail. */
  readonly next: (from: Point, to: Point) => string;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const FRONT_STEPS = 7;
const TAIL_STEPS = 4;
const IDENTITY = 5;
const WORK = 6;

/** Two rows: the front from left to right, and the tail below it from right to left. */
function wide(hasLoop: boolean): Layout {
  const box = { width: 132, height: 54 };
  const top = hasLoop ? 44 : 4;
  const [step, low] = [147, top + 126];
  const front = (index: number): Point => ({ x: 1 + index * step, y: top });
  const tail = (index: number): Point => ({ x: 1 + (WORK - index) * step, y: low });
  const middle = (at: Point): number => at.x + box.width / 2;
  const bus = top + box.height + 28;
  return {
    id: 'wide',
    width: 2 + WORK * step + box.width,
    height: low + box.height + 26,
    box,
    front,
    tail,
    exit: (index) => `M${middle(front(index))} ${top + box.height}V${bus}H${middle(tail(0))}V${low - 3}`,
    loop: `M${middle(front(WORK))} ${top}V${top - 22}H${middle(front(IDENTITY))}V${top - 3}`,
    loopLabel: { x: (middle(front(WORK)) + middle(front(IDENTITY))) / 2, y: top - 29 },
    frame: {
      x: tail(TAIL_STEPS - 1).x - 10,
      y: low - 14,
      width: (TAIL_STEPS - 1) * step + box.width + 10,
      height: box.height + 38,
    },
    next: (from, to) => {
      const y = from.y + box.height / 2;
      return from.x < to.x
        ? `M${from.x + box.width} ${y}H${to.x - 3}`
        : `M${from.x} ${y}H${to.x + box.width + 3}`;
    },
  };
}

/** One column, for a narrow screen: the exit to the tail on its left, the loop back on its right. */
function tall(): Layout {
  const box = { width: 214, height: 44 };
  const [step, left, gap] = [60, 34, 26];
  const front = (index: number): Point => ({ x: left, y: 2 + index * step });
  const tail = (index: number): Point => ({ x: left, y: 2 + (FRONT_STEPS + index) * step + gap });
  const middle = (at: Point): number => at.y + box.height / 2;
  const right = left + box.width;
  return {
    id: 'tall',
    width: 288,
    height: tail(TAIL_STEPS - 1).y + box.height + 24,
    box,
    front,
    tail,
    exit: (index) =>
      index === WORK
        ? `M${left + box.width / 2} ${front(WORK).y + box.height}V${tail(0).y - 3}`
        : `M${left} ${middle(front(index))}H12V${middle(tail(0))}H${left - 3}`,
    loop: `M${right} ${middle(front(WORK))}h16V${middle(front(IDENTITY))}H${right + 3}`,
    loopLabel: { x: right + 28, y: (middle(front(WORK)) + middle(front(IDENTITY))) / 2 + 4 },
    frame: { x: left - 12, y: tail(0).y - 12, width: box.width + 24, height: 3 * step + box.height + 34 },
    next: (from, to) => `M${from.x + box.width / 2} ${from.y + box.height}V${to.y - 3}`,
  };
}

export const SIGNS: Readonly<Record<StepState, Html>> = {
  passed: html`✓`,
  failed: html`✕`,
  waiting: html`…`,
  skipped: html`–`,
};
export const STATE_WORDS: Readonly<Record<StepState, string>> = {
  passed: 'passed',
  failed: 'ended here',
  waiting: 'waiting',
  skipped: 'not entered',
};

/** A short text in a box. */
function short(text: string, limit: number): Html {
  const all = visible(text);
  return shown(all.length > limit ? `${all.slice(0, limit - 1)}…` : all);
}

function boxOf({ name, state, note }: Step, { x, y }: Point, { box }: Layout): Html {
  return html`<g class="step ${state}"
    ><rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="8" />
    <text class="name" x="${x + 10}" y="${y + box.height / 2 - 4}">${short(name, 17)}</text>
    <text class="note" x="${x + 10}" y="${y + box.height / 2 + 14}">${short(note, 20)}</text>
    <text class="sign" x="${x + box.width - 10}" y="${y + box.height / 2 + 14}" text-anchor="end"
      >${SIGNS[state]}</text
    ></g
  >`;
}

const edge = (path: string, isOn: boolean, id: string): Html =>
  html`<path
    class="edge ${isOn ? 'on' : 'off'}"
    d="${path}"
    marker-end="url(#${id}-${isOn ? 'on' : 'off'})"
  />`;

const arrow = (id: string, is: 'on' | 'off'): Html =>
  html`<marker
    id="${id}-${is}"
    class="arrow ${is}"
    viewBox="0 0 8 8"
    refX="6"
    refY="4"
    markerWidth="9"
    markerHeight="9"
    markerUnits="userSpaceOnUse"
    orient="auto"
    ><path d="M0 0L8 4L0 8Z"
  /></marker>`;

function edges(path: WorkflowPath, layout: Layout): Html {
  const { front, tail, id } = layout;
  const left = path.front.findLastIndex(({ state }) => state !== 'skipped');
  const isEnding = path.tail[0]?.state !== 'skipped';
  const along = path.front
    .slice(1)
    .map((_step, index) => edge(layout.next(front(index), front(index + 1)), index < left, id));
  const back = path.tail
    .slice(1)
    .map((step, index) => edge(layout.next(tail(index), tail(index + 1)), step.state !== 'skipped', id));
  const usual = left === WORK && isEnding ? undefined : edge(layout.exit(WORK), false, id);
  return html`${usual}${along}${back}${isEnding && left >= 0 ? edge(layout.exit(left), true, id) : undefined}${
    path.rounds === 0
      ? undefined
      : html`${edge(layout.loop, true, id)}<text
            class="note"
            x="${layout.loopLabel.x}"
            y="${layout.loopLabel.y}"
            text-anchor="middle"
            >${path.rounds}×</text
          >`
  }`;
}

function picture(path: WorkflowPath, layout: Layout): Html {
  const { id, width, height, frame } = layout;
  return html`<svg
    class="path ${id}"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-labelledby="${id}-title ${id}-desc"
  >
    <title id="${id}-title">The workflow, with the path of this task</title>
    <desc id="${id}-desc">${shown(cut(pathText(path), 2000))}</desc>
    <defs>${arrow(id, 'on')}${arrow(id, 'off')}</defs>
    <rect
      class="frame"
      x="${frame.x}"
      y="${frame.y}"
      width="${frame.width}"
      height="${frame.height}"
      rx="12"
    />
    <text class="note" x="${frame.x + 12}" y="${frame.y + frame.height - 7}">
      ${path.byTeardown ? 'run by Teardown' : 'runs in every case'}
    </text>
    ${edges(path, layout)} ${path.front.map((step, index) => boxOf(step, layout.front(index), layout))}
    ${path.tail.map((step, index) => boxOf(step, layout.tail(index), layout))}
  </svg>`;
}

/** The path in one line of text, for readers who do not see the picture. */
export const pathText = ({ front, tail, says }: WorkflowPath): string =>
  `${says} ${[...front, ...tail].map(({ name, state, note }) => `${name}: ${STATE_WORDS[state]}, ${note}`).join('. ')}.`;

/** The same path in two layouts; the style shows the one that fits the screen. */
export const workflowPicture = (path: WorkflowPath): Html =>
  html`${picture(path, wide(path.rounds > 0))}${picture(path, tall())}`;
