// The peer: a page with livekit-client as its manual shows it, with its own defaults, and nothing around it.
const { url, token, devices } = Object.fromEntries(new URLSearchParams(location.search));
const room = new LivekitClient.Room();
window.benchEnd = null;
room.on(LivekitClient.RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
room.on(LivekitClient.RoomEvent.Disconnected, () => {
  window.benchEnd = Date.now();
});
room
  .connect(url, token)
  .then(() => {
    if (devices === "both") return room.localParticipant.enableCameraAndMicrophone();
    if (devices === "sound") return room.localParticipant.setMicrophoneEnabled(true);
  })
  .catch(() => {
    window.benchEnd = Date.now();
  });
