// The peer: a page with livekit-client as its manual shows it, with its own defaults, and nothing around it.
const { url, token } = Object.fromEntries(new URLSearchParams(location.search));
const room = new LivekitClient.Room();
window.benchEnd = null;
room.on(LivekitClient.RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
room.on(LivekitClient.RoomEvent.Disconnected, () => {
  window.benchEnd = Date.now();
});
room
  .connect(url, token)
  .then(() => room.localParticipant.enableCameraAndMicrophone())
  .catch(() => {
    window.benchEnd = Date.now();
  });
