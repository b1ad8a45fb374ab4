/**
 * Pairs of which one turns an answer around: `add` and `remove` a channel. Forms of a word stand
 * together. `on` and `up` are mostly prepositions, so their opposites stand alone.
 */
const PAIRS = `
  add,adds,adding,added|remove,removes,removing,removed,delete,deletes,deleting,deleted
  off
  enable,enables,enabled,enabling,activate,activates,activated|disable,disables,disabled,disabling,deactivate,deactivates,deactivated
  start,starts,starting,started|stop,stops,stopping,stopped
  open,opens,opening,opened|close,closes,closing,closed
  increase,increases,raise,raises,louder|decrease,decreases,lower,lowers,quieter,down,reduce,reduces
  install,installs,installing,installed|uninstall,uninstalls,uninstalling,uninstalled
  connect,connects,connecting,connected,pair,pairs,pairing,paired|disconnect,disconnects,disconnecting,disconnected,unpair,unpairing
  lock,locks,locking,locked|unlock,unlocks,unlocking,unlocked
  mute,mutes,muting,muted|unmute,unmutes,unmuting
  before|after
  left|right
  input,inputs|output,outputs
  send,sends,sending,sent|receive,receives,receiving,received
  upload,uploads,uploading|download,downloads,downloading
  import,imports,importing|export,exports,exporting
  save,saves,saving,saved|load,loads,loading,loaded
  minimum,least,min,lowest,smallest,shortest|maximum,most,max,highest,largest,longest
  first|last
  hide,hides,hiding
  upgrade,upgrades,upgrading,update,updates,updating|downgrade,downgrades,downgrading
  lengthen,extend,extends|shorten,shortens
  allow,allows,allowed|forbid,forbids,forbidden,block,blocks,blocked
  front|back,rear
  internal|external
  buy,buys,bought,purchase|sell,sells,sold,return,returns
`;

/** By word: the side it is on, such as `3+`. */
export const opposites: ReadonlyMap<string, string> = new Map(
  PAIRS.trim()
    .split('\n')
    .flatMap((line, pair) =>
      line.split('|').flatMap((side, nth) =>
        side
          .trim()
          .split(',')
          .map((word) => [word, `${pair}${nth === 0 ? '+' : '-'}`] as const),
      ),
    ),
);
