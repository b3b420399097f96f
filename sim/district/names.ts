import type { Random } from '../../missions/geo/random.ts';

/** A made-up name in Chinese and in English (pinyin, and what kind of place it is). */
export interface PlaceName {
  readonly name: string;
  readonly nameEn: string;
}

type Syllable = readonly [zh: string, pinyin: string];

/** Names of the 30 large cells; invented, and none is a sub-district of Guilin. */
const LARGE: readonly Syllable[] = [
  ['清漪', 'Qingyi'],
  ['榕荫', 'Rongyin'],
  ['桂澜', 'Guilan'],
  ['望江', 'Wangjiang'],
  ['听竹', 'Tingzhu'],
  ['云栖', 'Yunqi'],
  ['石屏', 'Shiping'],
  ['翠屏', 'Cuiping'],
  ['临渡', 'Lindu'],
  ['白鹭', 'Bailu'],
  ['金穗', 'Jinsui'],
  ['松涧', 'Songjian'],
  ['晴岚', 'Qinglan'],
  ['沙洲', 'Shazhou'],
  ['长亭', 'Changting'],
  ['丹枫', 'Danfeng'],
  ['平湖', 'Pinghu'],
  ['凤岭', 'Fengling'],
  ['双塘', 'Shuangtang'],
  ['烟雨', 'Yanyu'],
  ['柳浦', 'Liupu'],
  ['银杏', 'Yinxing'],
  ['月牙湾', 'Yueyawan'],
  ['南薰', 'Nanxun'],
  ['东篱', 'Dongli'],
  ['西岭', 'Xiling'],
  ['北屏', 'Beiping'],
  ['中洲', 'Zhongzhou'],
  ['安澜', 'Anlan'],
  ['文星', 'Wenxing'],
];

/** First and second parts of the 180 community names (16 × 16 pairs, drawn without repetition). */
const COMMUNITY_FIRST: readonly Syllable[] = [
  ['和', 'He'],
  ['祥', 'Xiang'],
  ['春', 'Chun'],
  ['锦', 'Jin'],
  ['宁', 'Ning'],
  ['泰', 'Tai'],
  ['福', 'Fu'],
  ['康', 'Kang'],
  ['景', 'Jing'],
  ['瑞', 'Rui'],
  ['嘉', 'Jia'],
  ['明', 'Ming'],
  ['德', 'De'],
  ['惠', 'Hui'],
  ['永', 'Yong'],
  ['朝', 'Zhao'],
];
const COMMUNITY_SECOND: readonly Syllable[] = [
  ['园', 'yuan'],
  ['湾', 'wan'],
  ['里', 'li'],
  ['桥', 'qiao'],
  ['塘', 'tang'],
  ['井', 'jing'],
  ['坡', 'po'],
  ['巷', 'xiang'],
  ['洲', 'zhou'],
  ['滩', 'tan'],
  ['岩', 'yan'],
  ['溪', 'xi'],
  ['林', 'lin'],
  ['坊', 'fang'],
  ['庭', 'ting'],
  ['阳', 'yang'],
];

/** What a micro cell is named after, inside its community. */
const SPOTS: readonly (readonly [zh: string, en: string])[] = [
  ['东街', 'East Street'],
  ['西街', 'West Street'],
  ['南街', 'South Street'],
  ['北街', 'North Street'],
  ['学府路', 'Xuefu Road'],
  ['滨江路', 'Riverside Road'],
  ['市场', 'Market'],
  ['小学', 'Primary School'],
  ['公园', 'Park'],
  ['车站', 'Bus Station'],
  ['医院', 'Clinic'],
  ['桂花苑', 'Osmanthus Court'],
  ['荷塘', 'Lotus Pond'],
  ['老厂区', 'Old Works'],
  ['商业街', 'Shopping Street'],
  ['新村', 'New Village'],
  ['文化站', 'Culture House'],
  ['体育场', 'Sports Ground'],
  ['仓储区', 'Depot'],
  ['水塔', 'Water Tower'],
];

const SURNAMES = [...'李王张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗梁韦覃莫蒋唐廖秦'];
const GIVEN = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰婷波辉玲丹斌宁莉云建文慧'];

export function largeName(index: number): PlaceName {
  const [zh, pinyin] = LARGE[index] as Syllable;
  return { name: `${zh}大网格`, nameEn: `${pinyin} Large Cell` };
}

/** `count` different community names in an order drawn from `random`. At most 256. */
export function communityNames(count: number, random: Random): PlaceName[] {
  const all = COMMUNITY_FIRST.flatMap(([zh1, en1]) =>
    COMMUNITY_SECOND.map(([zh2, en2]) => ({ name: `${zh1}${zh2}`, nameEn: `${en1}${en2}` })),
  );
  return shuffle(all, random).slice(0, count);
}

/** `count` different micro cell names inside a community. At most 20. */
export function microNames(community: PlaceName, count: number, random: Random): PlaceName[] {
  return shuffle(SPOTS, random)
    .slice(0, count)
    .map(([zh, en]) => ({
      name: `${community.name}${zh}微网格`,
      nameEn: `${community.nameEn} ${en} Micro Cell`,
    }));
}

/** A made-up person's name: a common surname and one or two given characters. */
export function personName(random: Random): string {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] as string;
  return pick(SURNAMES) + pick(GIVEN) + (random() < 0.6 ? pick(GIVEN) : '');
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
