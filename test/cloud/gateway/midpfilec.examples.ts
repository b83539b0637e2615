import { ExampleStage } from '../support/example-stage.js';

export async function recordFiles(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser();
  const picture = Buffer.from('the bytes of a picture');
  const announced = { fileName: 'porch.jpg', size: picture.length, contentType: 'image/jpeg' };
  const { uploadToken } = await stage.play('gatewayAnnounceFile', { body: announced });
  await stage.play('gatewayUploadAnnouncedFile', { query: { uploadToken }, body: picture });
  const film = new File(['the bytes of a film'], 'door.mp4', { type: 'video/mp4' });
  const { fileId } = await stage.play('gatewayUploadFile', { body: formOf(film) });
  const notes = ['door', 'gate'].map((name) => new File([`about the ${name}`], `${name}.txt`, { type: 'text/plain' }));
  await stage.play('gatewayUploadFiles', { body: formOf(...notes) });
  const { url } = await stage.play('gatewayGetFile', { query: { fileId } });
  await stage.play('gatewayPlayUrl', { query: { fileId } });
  await stage.play('gatewayFileContent', { params: { token: new URL(url).pathname.split('/').at(-1)! } });
  await stage.play('gatewayListFiles', { query: { pageNum: 1, pageSize: 2 } });
  await stage.play('gatewayDeleteFile', { params: { fileId } });
  return stage;
}

function formOf(...files: File[]): FormData {
  const form = new FormData();
  for (const file of files) form.append('file', file);
  return form;
}
