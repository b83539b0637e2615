import { type WordTable, wordsOf } from '../../i18n/language.js';

interface PackageWords {
  readonly packages: string;
  readonly version: string;
  readonly product: string;
  readonly size: string;
  readonly signatures: string;
  readonly floor: (version: string) => string;
  readonly uploaded: string;
  readonly actions: string;
  readonly signedBy: (keys: string) => string;
  readonly nextNeeds: (keys: string) => string;
  readonly none: string;
  readonly rollOut: string;
  readonly rollOutOf: (name: string) => string;
  readonly deleteOf: (name: string) => string;
  readonly deleteTitle: (name: string) => string;
  readonly deleteText: string;
  readonly deleted: string;
  readonly inUse: string;
  readonly upload: string;
  readonly uploadHint: string;
  readonly sending: (file: string) => string;
  readonly checking: string;
  readonly refused: (file: string, why: string) => string;
  readonly uploadedAs: (name: string) => string;
}

const WORDS: WordTable<PackageWords> = {
  en: {
    packages: 'Packages',
    version: 'Version',
    product: 'Product',
    size: 'Size',
    signatures: 'Signatures',
    floor: (version) => `Boards that have proven it take nothing below ${version}.`,
    uploaded: 'Uploaded',
    actions: 'Actions',
    signedBy: (keys) => `by key ${keys}`,
    nextNeeds: (keys) => `what comes after needs key ${keys}`,
    none: 'There is no package yet. Make one with smartlink ota pack, and upload it here.',
    rollOut: 'Roll out',
    rollOutOf: (name) => `Roll out ${name}`,
    deleteOf: (name) => `Delete ${name}`,
    deleteTitle: (name) => `Delete ${name}?`,
    deleteText: 'Its file leaves the cloud. What campaigns did with it stays known.',
    deleted: 'The package is deleted.',
    inUse:
      'A campaign of this package runs or is paused. Abort the campaign, or wait for its end: then it can be deleted.',
    upload: 'Upload a package…',
    uploadHint:
      'A .slfw file of at most 4 MiB. The cloud checks that it is what its header says; boards check who signed it.',
    sending: (file) => `Uploading ${file}`,
    checking: 'All of it is there. The cloud checks it…',
    refused: (file, why) => `${file} was not taken: ${why}`,
    uploadedAs: (name) => `${name} is there.`,
  },
  zh: {
    packages: '固件包',
    version: '版本',
    product: '产品',
    size: '大小',
    signatures: '签名',
    floor: (version) => `验证过它的设备板不再接受低于 ${version} 的版本。`,
    uploaded: '上传时间',
    actions: '操作',
    signedBy: (keys) => `密钥 ${keys}`,
    nextNeeds: (keys) => `之后的固件须由密钥 ${keys} 签名`,
    none: '还没有固件包。用 smartlink ota pack 制作，然后在这里上传。',
    rollOut: '推送',
    rollOutOf: (name) => `推送 ${name}`,
    deleteOf: (name) => `删除 ${name}`,
    deleteTitle: (name) => `删除 ${name}？`,
    deleteText: '它的文件会从云中移除；升级任务的记录会保留。',
    deleted: '固件包已删除。',
    inUse: '这个固件包的升级任务正在进行或已暂停。中止任务或等它结束之后才能删除。',
    upload: '上传固件包…',
    uploadHint: '不超过 4 MiB 的 .slfw 文件。云检查内容是否与文件头一致；签名由设备板检查。',
    sending: (file) => `正在上传 ${file}`,
    checking: '已全部送达，云正在检查…',
    refused: (file, why) => `${file} 未被接收：${why}`,
    uploadedAs: (name) => `${name} 已就绪。`,
  },
};

export function packageWords(): PackageWords {
  return wordsOf(WORDS);
}
