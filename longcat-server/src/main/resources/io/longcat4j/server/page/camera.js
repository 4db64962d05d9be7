// The camera, as two pictures a second.

const EVERY_MILLIS = 500;
const LONGEST_SIDE = 448;

export class Camera {
  static async open(deviceId, video, onPicture) {
    const wanted = { width: { ideal: 640 }, height: { ideal: 480 } };
    if (deviceId) {
      wanted.deviceId = { exact: deviceId };
    } else {
      wanted.facingMode = 'user';
    }
    const stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    return new Camera(stream, video, onPicture);
  }

  constructor(stream, video, onPicture) {
    this.stream = stream;
    this.video = video;
    this.canvas = document.createElement('canvas');
    this.timer = setInterval(() => this.take(onPicture), EVERY_MILLIS);
  }

  take(onPicture) {
    const { videoWidth, videoHeight } = this.video;
    if (videoWidth === 0 || this.video.readyState < 2) {
      return;
    }
    const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    this.canvas.getContext('2d').drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    onPicture(this.canvas.toDataURL('image/jpeg', 0.85));
  }

  close() {
    clearInterval(this.timer);
    this.stream.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
    this.video.hidden = true;
  }
}
