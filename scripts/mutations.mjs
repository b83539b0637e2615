/**
 * Ways to break the firmware. `find` stands just once in `file` and is replaced; `scenarios` are where it is to be noticed.
 */
export const MUTATIONS = [
  {
    name: 'a wait after Wi-Fi was lost never ends',
    file: 'src/core/life-cycle.ts',
    find: "  if (state.phase === 'joining') return { state, effects: [{ type: 'join' }] };\n",
    replace: "  if (state.phase === 'joining') return stay(state);\n",
    scenarios: ['day-at-home'],
  },
];
